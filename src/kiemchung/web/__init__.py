"""Routes: parse, call commons, render. `app.create_app` makes the application, `server.serve` runs it."""
