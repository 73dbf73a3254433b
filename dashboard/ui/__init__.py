"""All that knows Streamlit: the frame, its parts, charts and maps."""
