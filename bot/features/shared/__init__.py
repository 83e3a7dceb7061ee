"""Values and checks that several features use."""
