{{ select_valid_events() }}
