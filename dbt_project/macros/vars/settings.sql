{#- Every variable of this project, without its prefix: its default, and what else it may be,
    which `check_value` sees to. docs/settings.md says what they mean. -#}
{% macro settings() -%}
    {{ return({
        'events_schema': {'default': 'public', 'type': 'name'},
        'events_table': {'default': 'events', 'type': 'name'},
        'events_columns': {'default': {}, 'type': 'columns'},
        'user_id_type': {'default': 'integer', 'type': 'word', 'words': fast_dau.id_types()},
        'course_id_type': {'default': 'integer', 'type': 'word', 'words': fast_dau.id_types()},
        'performed_at_type': {'default': 'timestamp', 'type': 'word', 'words': ['timestamp',
            'timestamptz', 'integer', 'bigint', 'numeric', 'double precision']},
        'performed_at_unit': {'default': 'seconds', 'type': 'word',
            'words': ['seconds', 'milliseconds']},
        'performed_at_zone': {'default': 'UTC', 'type': 'time_zone'},
        'time_zone': {'default': 'UTC', 'type': 'time_zone'},
        'active_kinds': {'default': [], 'type': 'texts'},
        'events_start_date': {'default': '2000-01-01', 'type': 'date'},
        'max_clock_skew_minutes': {'default': 5, 'type': 'whole_number', 'from': 0, 'to': 525600},
        'events_kept_from': {'default': none, 'type': 'date'},
        'cohort_days': {'default': 90, 'type': 'whole_number', 'from': 1, 'to': 1000},
        'segments': {'default': {}, 'type': 'segments'},
        'max_segment_values': {'default': 20, 'type': 'whole_number', 'from': 1, 'to': 100000},
        'lookback_days': {'default': 3, 'type': 'whole_number', 'from': 1, 'to': 36500},
        'wait_minutes': {'default': 60, 'type': 'whole_number', 'from': 0, 'to': 1440},
        'silent_seconds': {'default': 10, 'type': 'whole_number', 'from': 1, 'to': 86400},
        'reader_role': {'default': 'fast_dau_reader', 'type': 'role'},
        'lock_timeout_seconds': {'default': 60, 'type': 'whole_number', 'from': 1, 'to': 3600},
        'refresh': {'default': 'incremental', 'type': 'word',
            'words': ['incremental', 'full', 'start_over']},
        'start_date': {'default': none, 'type': 'date'},
        'end_date': {'default': none, 'type': 'date'},
        'missing_events': {'default': none, 'type': 'word', 'words': ['purged', 'deleted']},
        'run_at': {'default': none, 'type': 'time'},
        'from_date': {'default': '-infinity', 'type': 'date'},
        'to_date': {'default': 'infinity', 'type': 'date'},
        'on_date': {'default': 'yesterday', 'type': 'date'},
    }) }}
{%- endmacro %}


{#- The value of a variable of this project. Its default is not in dbt_project.yml, where dbt
    keeps it from the models of other projects that call these macros. -#}
{% macro setting(name) -%}
    {%- set default = fast_dau.settings()[name].default -%}
    {#- Old names had no prefix; in somebody else's project they are not ours. -#}
    {%- set default = var(name, default) if project_name == 'fast_dau' else default -%}
    {{ return(var('fast_dau_' ~ name, default)) }}
{%- endmacro %}


{#- Of users and courses: types whose values are equal or not, and in an order. -#}
{% macro id_types() -%}
    {{ return(['smallint', 'integer', 'bigint', 'uuid', 'text', 'character varying', 'citext']) }}
{%- endmacro %}
