"""Virtual riders, machines and sensors, down to the notification bytes."""
