{#- Of a model that is made from events, the first day whose events are all there, as an ISO
    date; its rows of the days before are kept. None: all days are to be counted, as of a
    model that is made from the lists of users, which are kept. -#}
{% macro first_whole_day() -%}
    {%- set reads_events = model.depends_on.nodes | select(
        'in', ['model.fast_dau.stg_events', 'source.fast_dau.app.events']
    ) | list -%}
    {{ return(
        fast_dau.state_once().kept_from
        if execute and this and reads_events and fast_dau.is_built('rollup_state') else none
    ) }}
{%- endmacro %}
