create table upflux_jobs (
    seq bigint generated always as identity,
    id varchar(36) primary key,
    name varchar(255) not null,
    input varchar(4096),
    upscaling varchar(4096) not null,
    delivery varchar(4096),
    priority int not null,
    state varchar(16) not null,
    created timestamp with time zone not null,
    started timestamp with time zone,
    ended timestamp with time zone,
    frames bigint not null,
    total bigint not null,
    fps double precision not null,
    worked_millis bigint not null,
    crashes int not null,
    error varchar(4096)
);

create index upflux_jobs_queue on upflux_jobs (state, priority, seq);

create table upflux_watched_files (
    path varchar(4096) primary key,
    bytes bigint not null,
    modified_millis bigint not null
);
