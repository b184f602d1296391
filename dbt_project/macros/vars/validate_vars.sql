{#- On-run-start: refuses a command on the rollup whose variables do not make sense, before
    anything is written. Others' models may be run beside those of this project, whose
    variables do not matter. -#}
{% macro validate_vars() -%}
    {%- set ours = modules.re.search(
        '(^| )(?!operation)[a-z_]+[.]fast_dau[.]', selected_resources | join(' ')
    ) if execute else project_name == 'fast_dau' -%}
    {%- do fast_dau.check_vars() if ours or execute and (
        selected_resources == [] or fast_dau.selected_tables() != []
    ) -%}
{%- endmacro %}


{#- A default needs no check, and may be of another type. -#}
{% macro check_vars() -%}
    {%- do fast_dau.check_names() -%}
    {%- for name, rule in fast_dau.settings().items() -%}
        {%- set given = fast_dau.setting(name) -%}
        {%- do fast_dau.check_value('fast_dau_' ~ name, given, rule)
            if fast_dau.shown(given) != fast_dau.shown(rule.default) -%}
    {%- endfor -%}
    {%- do fast_dau.refuse("fast_dau_active_kinds is given" ~ fast_dau.roles_left_out()
            ~ ": leave out fast_dau_active_kinds, or name the column that has the kind")
        if fast_dau.setting('active_kinds') and 'kind' not in fast_dau.roles_of_events() -%}
    {%- do fast_dau.check_backfill() -%}
    {%- do fast_dau.check_change_log() -%}
{%- endmacro %}


{#- Postgres takes back what the session did; on Spark the run lock is to be given back. -#}
{% macro refuse(reason) -%}
    {%- if target.type != 'postgres' and fast_dau.is_built('rollup_state')
        and fast_dau.holds_run_lock() -%}
        {%- do fast_dau.write_state({'run_id': 'null'}) -%}
    {%- endif -%}
    {%- do exceptions.raise_compiler_error("fast-dau: " ~ reason ~ ". Nothing ran.") -%}
{%- endmacro %}


{#- A misspelt variable would otherwise be an ordinary run that looks like another. What stands
    below the top level of `vars`, dbt shows to the models of one project only. -#}
{% macro check_names() -%}
    {%- set known, vars = fast_dau.settings(), adapter.config.vars.to_dict() -%}
    {%- set given = vars | list + adapter.config.cli_vars | list -%}
    {%- for name in given if (name | string)[:9] == 'fast_dau_' and name[9:] not in known -%}
        {%- do fast_dau.refuse("there is no variable '" ~ name ~ "'; fast_dau_"
            ~ known | join(', fast_dau_') ~ " are known") -%}
    {%- endfor -%}
    {%- for scope, names in vars.items() if names is mapping and (scope | string)[:9] != 'fast_dau_' -%}
        {%- for name in names if scope == 'fast_dau' or (name | string)[:9] == 'fast_dau_' -%}
            {%- do fast_dau.refuse("the variable " ~ name ~ " stands under " ~ scope
                ~ ": in the dbt_project.yml of " ~ project_name ~ ", give it at the top level of "
                ~ "`vars`, by its name with fast_dau_") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name in known if name in given and project_name == 'fast_dau' -%}
        {%- set said = "the variable " ~ name ~ " is called fast_dau_" ~ name ~ " now" -%}
        {%- do fast_dau.refuse(said ~ ", and both are given: leave out " ~ name)
            if 'fast_dau_' ~ name in given -%}
        {%- do exceptions.warn("fast-dau: " ~ said ~ "; the next version does not know the old "
            ~ "name") if execute -%}
    {%- endfor -%}
{%- endmacro %}


{% macro check_backfill() -%}
    {%- set kept_from = fast_dau.setting('events_kept_from') -%}
    {%- set refresh = fast_dau.setting('refresh') -%}
    {%- set first, last = fast_dau.setting('start_date'), fast_dau.setting('end_date') -%}
    {%- set objection = none if first is none and last is none
        else " and fast_dau_end_date go together, only one is set" if none in [first, last]
        else " " ~ first ~ " is after fast_dau_end_date " ~ last if first | string > last | string
        else " " ~ first ~ " is before fast_dau_events_kept_from " ~ kept_from ~ ": the days "
            ~ "before that are kept as they are" if first | string < (kept_from or '') | string
        else " and fast_dau_end_date are for some days, fast_dau_refresh: " ~ refresh
            ~ " rebuilds every day: leave them out" if refresh != 'incremental' -%}
    {%- do fast_dau.refuse("fast_dau_start_date" ~ objection) if objection -%}
{%- endmacro %}
