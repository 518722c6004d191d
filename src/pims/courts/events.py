"""What the courts room says happened."""
