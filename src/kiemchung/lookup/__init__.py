"""Claims to matches: two retrievers, fusion, reranking, a calibrated decision. Is handed rows; opens no database."""
