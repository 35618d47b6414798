// Placeholder until the pages of the desk are wired.
