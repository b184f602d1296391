{#- A query: the first and last day of any table, and the day before which all is kept as
    it is. Where the query is only compiled, to plan a run, no run has settled that day
    yet. A run that starts over does not look: the tables are replaced, each while others
    are read. -#}
{% macro published_span() -%}
    {%- set edge_day_of = adapter.dispatch('edge_day_of', 'fast_dau') -%}
    {%- set firsts, lasts = ['null::date', 'null::date'], ['null::date', 'null::date'] -%}
    {%- for table in fast_dau.tables_of_days() if execute and fast_dau.run_kind() != 'start_over'
        and table.name != 'user_lifetimes' and fast_dau.is_built(table.name) -%}
        {%- set column = 'cohort_date' if 'cohort_date' in table.columns else 'activity_date' -%}
        {%- do firsts.append(edge_day_of(table.name, column, 'min')) -%}
        {%- do lasts.append(edge_day_of(table.name, column, 'max')) -%}
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
{% macro default__edge_day_of(name, column, edge) -%}
    {{ return('(select ' ~ edge ~ '(' ~ column ~ ') from ' ~ fast_dau.rollup_relation(name)
        ~ ')') }}
{%- endmacro %}
