DROP TABLE concern_placements;
