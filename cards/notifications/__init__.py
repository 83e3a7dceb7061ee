"""Cards and dialog pages of notification rules."""
