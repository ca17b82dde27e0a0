"""What the owner decides: settings, providers, authorities; a library merged anew under them."""
