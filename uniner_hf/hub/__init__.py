"""What goes to the Hub: data sets as parquet repositories, and their upload."""
