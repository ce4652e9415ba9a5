"""The rim: everything that speaks Streamlit. Pages pick, ask for reviews and show blocks; nothing is computed here."""
