"""The languages of the interface: which there are, and what is said in each."""
