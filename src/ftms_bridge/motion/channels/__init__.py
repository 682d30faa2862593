"""The channels: each looks at one thing that differs, on some machine, between the two ways."""
