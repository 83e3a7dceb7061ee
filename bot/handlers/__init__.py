"""Bot Framework protocol: parse activities and answer them with the features."""
