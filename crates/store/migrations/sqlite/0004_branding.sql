-- What makes a project's pages its own. A colour is its three bytes as one number.

CREATE TABLE project_branding (
    project_id BLOB NOT NULL PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    primary_color INTEGER,
    dark_mode_primary_color INTEGER,
    detect_dark_mode INTEGER NOT NULL,
    log_in_layout INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE project_images (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (project_id, kind)
) STRICT;
