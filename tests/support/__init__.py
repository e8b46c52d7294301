"""What several tests need: small contracts, small logs, and one build for many of them."""
