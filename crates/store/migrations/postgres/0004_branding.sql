-- What makes a project's pages its own. A colour is its three bytes as one number.

CREATE TABLE project_branding (
    project_id UUID NOT NULL PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    primary_color BIGINT,
    dark_mode_primary_color BIGINT,
    detect_dark_mode BOOLEAN NOT NULL,
    log_in_layout BIGINT NOT NULL
);

CREATE TABLE project_images (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (project_id, kind)
);
