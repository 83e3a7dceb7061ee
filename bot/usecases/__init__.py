"""What a person or a system can do with the product, one file each; domain, ports and cards only."""
