"""Graph change notifications: subscriptions, encryption, and delivery."""
