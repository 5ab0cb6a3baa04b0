package io.upflux.server.http;

import io.upflux.models.ModelCard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models as programs see them. */
final class ModelView {
    private ModelView() {}

    static Map<String, Object> of(List<ModelCard> models) {
        return Map.of("models", models.stream().map(ModelView::of).toList());
    }

    private static Map<String, Object> of(ModelCard card) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("name", card.name());
        model.put("scale", card.scale());
        model.put("parameters", card.parameters());
        model.put("macs", card.macs());
        model.put("state", card.state());
        model.put("psnr", card.psnr());
        return model;
    }
}
