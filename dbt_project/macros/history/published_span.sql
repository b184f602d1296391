{#- A query: the first and last day of any table, and the day before which all is kept as
    it is. Where the query is only compiled, to plan a run, no run has settled that day
    yet. A run that starts over does not look: the tables are replaced, each while others
    are read. -#}
{% macro published_span() -%}
    {%- set tables = (fast_dau.tables_of_days() if execute and not fast_dau.is_starting_over()
        else [])
        | selectattr('name', 'ne', 'user_lifetimes') | list -%}
    {%- set firsts, lasts = ['null::date', 'null::date'], ['null::date', 'null::date'] -%}
    {%- for table in tables if fast_dau.is_built(table.name) -%}
        {%- set column = 'cohort_date' if 'cohort_date' in table.columns else 'activity_date' -%}
        {%- do firsts.append(fast_dau.edge_day_of(table.name, column, 'min')) -%}
        {%- do lasts.append(fast_dau.edge_day_of(table.name, column, 'max')) -%}
    {%- endfor -%}
    select
        {% if flags.WHICH == 'compile' and execute -%}
        {{ fast_dau.date_or_null(fast_dau.find_history().kept_from) }} as kept_from,
        {%- else -%}
        (select kept_from from {{ fast_dau.rollup_state() }}) as kept_from,
        {%- endif %}
        least({{ firsts | join(', ') }}) as first_date,
        greatest({{ lasts | join(', ') }}) as last_date
{%- endmacro %}


{#- An expression: the earliest (`min`) or latest (`max`) day of a table of the rollup. -#}
{% macro edge_day_of(name, column, edge) -%}
    {{ return(adapter.dispatch('edge_day_of', 'fast_dau')(name, column, edge)) }}
{%- endmacro %}


{% macro default__edge_day_of(name, column, edge) -%}
    {{ return('(select ' ~ edge ~ '(' ~ column ~ ') from ' ~ fast_dau.rollup_relation(name)
        ~ ')') }}
{%- endmacro %}


{#- Where each day has a folder, Spark would open a file of each. -#}
{% macro spark__edge_day_of(name, column, edge) -%}
    {%- set table = load_cached_relation(fast_dau.rollup_relation(name)) -%}
    {%- if 'Partition Columns' not in (table.information or '') -%}
        {{ return(fast_dau.default__edge_day_of(name, column, edge)) }}
    {%- endif -%}
    {%- set found = run_query('show partitions ' ~ table).columns[0].values() | sort -%}
    {%- set folder = (found[0] if edge == 'min' else found[-1]) if found else none -%}
    {{ return("date '" ~ folder.split('=')[1] ~ "'" if folder else 'null::date') }}
{%- endmacro %}
