"""Words of any language: analysis, sentences, languages, damage."""
