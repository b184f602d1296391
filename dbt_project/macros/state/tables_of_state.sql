{#- The tables that outlive a run, beside refresh_days: what they hold, and by each column its
    type and what it says.

    - pending_days: the days that are still to be rebuilt: whose change the change log held
      (`changed`), on which nobody watched the events (`unwatched`), that a run took up and
      no run has yet rebuilt in every table (`unfinished`), and of people erased since
      (`erased`). A row goes when every table has been built for the refresh_days that took
      it up.
    - moved_days: the days that were or became a user's first or last active day (`bound`)
      since all tables were last built. Growth and cohorts follow them, also to days that the
      run itself does not rebuild. `user_lifetimes` writes them, in the transaction in which
      lifetimes change; they go with the pending days.
    - erased_counts: what `fast-dau forget --keep-counts` leaves of erased people: how many
      they were, and nothing of who. Daily tables add them (model `erased_counts`), so that
      published counts stay. Runs never change it, but one that starts over drops days whose
      events were purged. -#}
{% macro tables_of_state() -%}
    {{ return({
        'rollup_state': {
            'comment': 'One row: what a run has to know of the runs before it. Only runs write it.',
            'columns': dict(
                {'only_row': ('boolean default true check (only_row)', 'There is no second row.')},
                **fast_dau.rollup_state_columns()
            ),
            'key': 'primary key (only_row)',
        },
        'pending_days': {
            'comment': 'Days that are still to be rebuilt. Only runs and fast-dau forget write it.',
            'columns': {
                'activity_date': ('date', 'The day, in the reporting time zone; null: every day.'),
                'reason': ('text not null', 'changed, unwatched, unfinished or erased.'),
                'refresh_id': ('text', 'The run whose refresh_days have it; null: none yet.'),
            },
            'key': 'unique nulls not distinct (activity_date, reason)',
        },
        'moved_days': {
            'comment': "Days that were or became a user''s first or last active one. Only runs write it.",
            'columns': {
                'activity_date': ('date', 'The day, in the reporting time zone.'),
                'bound': ('text', "Whether it was or became a user''s first or last active day."),
            },
            'key': 'primary key (activity_date, bound)',
        },
        'erased_counts': {
            'comment': 'By local day, how many users were erased whose counts were kept. Only fast-dau '
                ~ 'forget writes it.',
            'columns': dict(
                {'activity_date': ('date', 'The day D, in the reporting time zone.')},
                **fast_dau.erased_counts_columns()
            ),
            'key': 'primary key (activity_date)',
        },
    }) }}
{%- endmacro %}
