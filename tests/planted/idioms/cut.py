"""Values that tools cut up or write in their own way: runs of a word processor, coloured pages, rows
of characters, logs whose escapes were lost."""

from idioms import T

T("cut/word-runs", "word/document.xml", "rest", '<w:p><w:r><w:t>Access key: «id»</w:t></w:r></w:p><w:p><w:r><w:t>Secret key: «secret:concat:</w:t></w:r><w:r w:rsidR="00AB12CD"><w:t>»</w:t></w:r></w:p>\n')
T("cut/word-spelling", "word/document.xml", "rest", '<w:t>Key «id» secret «secret:concat:</w:t></w:r><w:proofErr w:type="spellEnd"/><w:r><w:rPr><w:lang w:val="en-US"/></w:rPr><w:t>»</w:t></w:r>\n')
T("cut/coloured", "page.html", "rest", '<pre>key = «id»\nsecret = «secret:concat:</span><span class="s1">»</pre>\n')
T("cut/slides", "ppt/slide1.xml", "rest", '<a:r><a:t>«id»</a:t></a:r><a:r><a:t>Secret: «secret:concat:</a:t></a:r><a:r><a:t>»</a:t></a:r>\n')
T("cut/c-chars", "keys.c", "rest", "static const char aws_id[] = {«id:chararray»};\nstatic const char aws_secret[] = {«secret:chararray»};\n")
T("cut/java-chars", "Keys.java", "rest", "char[] accessKey = new char[] { «id:chararray» };\nchar[] secretKey = new char[] { «secret:chararray» };\n")
T("cut/colours-without-escape", "build.log", "hard", "[32mAWS_ACCESS_KEY_ID[0m=[33m«id»[0m\n[32mAWS_SECRET_ACCESS_KEY[0m=[1;33m«secret»[0m\n")
T("cut/bytea", "dump.sql", "hard", "INSERT INTO blobs VALUES ('\\x«id:hex»', '\\x«secret:hex»');\n")
