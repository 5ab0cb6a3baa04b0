package io.upflux.codecs;

/** Kinds of single pictures. */
public enum PictureType {
    /** JFIF: BT.601, full range. */
    JPEG("image/jpeg", "jpg"),
    /** Exact. */
    PNG("image/png", "png"),
    /** Smaller than JPEG, and several times slower. */
    WEBP("image/webp", "webp");

    private final String mime;
    private final String extension;

    PictureType(String mime, String extension) {
        this.mime = mime;
        this.extension = extension;
    }

    public String mime() {
        return mime;
    }

    /** Of file names, without the dot. */
    public String extension() {
        return extension;
    }
}
