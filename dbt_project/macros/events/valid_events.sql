{#- The valid events, as `stg_events` has them: written out where there are many branches
    (`each_day`), as the server would first make a table of a CTE that they all read. -#}
{% macro valid_events() -%}
    {%- if fast_dau.has_branches() -%}
    (
        {{ fast_dau.select_valid_events() }}
    )
    {%- else -%}
    {{ ref('stg_events').render() }}
    {%- endif -%}
{%- endmacro %}


{% macro select_valid_events() -%}
select
    events.user_id,
    events.course_id,
    events.kind,
    events.performed_at,
    events.properties{{ fast_dau.event_days() }}
from {{ fast_dau.events(limited=true) }} as events
where {{ fast_dau.is_valid_event() }}
{%- endmacro %}
