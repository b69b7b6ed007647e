DROP TABLE concern_attachments;
DROP TABLE concern_body_marks;
