"""Charts: one template from the tokens, factories from frames to figures that know no page."""
