"""What the agency publishes at data.go.kr, in its own field names: a program written against those reads ours.

The product listing is dataset 15117944 (a file), the designation records are 15154028 (pages at api.odcloud.kr).
Names and order of the fields: https://www.data.go.kr/catalog/15117944/fileData.json and the record's page there;
manners of the pages: docs/decisions, "Formats that people read already".
"""
