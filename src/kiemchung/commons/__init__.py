"""One use case a module; the only place that carries values between rooms."""
