"""Pages of PDF files: what PDFium and pypdf say of them, made into lines and tables as a person reads them."""
