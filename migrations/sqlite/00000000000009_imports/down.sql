DROP TABLE import_blocks;
DROP TABLE import_parts;
DROP TABLE imports;
DROP TABLE tasks;
DROP TABLE leases;
