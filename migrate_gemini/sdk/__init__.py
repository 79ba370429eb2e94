"""What is known of the SDKs and of the API, as data with its source."""
