"""The guides' pictures, taken of the running portal: `make screenshots`."""
