"""Finding products: one search box for Korean and English.

Pure functions make a document's lexemes and a query's; ``catalog.search.found.find`` asks the database.

* ``normalise``  one spelling: width, case, accents; runs of Hangul, Latin, digits
* ``korean``     initial consonants, jamo, particles, endings, compounds
* ``keyboard``   what was typed with the other layout
* ``thesaurus``  words of this trade that mean the same, in both languages
* ``document``   the lexemes of a product
* ``query``      the words of a query and what each may stand for, as tsquery text
* ``spelling``   the known word that was probably meant
* ``ranking``    the order of what was found, with its reasons
"""
