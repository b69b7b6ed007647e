DROP TABLE concern_link_versions;
DROP TABLE concern_placements;
