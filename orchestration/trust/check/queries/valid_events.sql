{#- The valid events of the days from %(first)s, and of so many before, to %(last)s, each on
    its local day. Two days wider on each side than any zone is from UTC: a range of the
    index. -#}
{% macro valid_events(days_before=0, columns=[]) -%}
select
    user_id,
    performed_at,
    {% for column in columns %}
    {{ column }},
    {% endfor %}
    (performed_at at time zone 'UTC' at time zone %(time_zone)s)::date as activity_date
from {{ relations.events }} as events
where
    user_id is not null
    and recorded_at >= {{ recorded("%(first)s::date - " ~ days_before ~ " - 2") }}
    and recorded_at < {{ recorded("%(last)s::date + 1 + 2") }}
    and performed_at <= %(latest_valid)s::timestamp
    {% if has_kinds %}
    and kind = any(%(active_kinds)s)
    {% endif %}
{%- endmacro %}

{#- Whether the tables are to hold what happened on a day, as far as that is known from
    the events. -#}
{% macro is_recounted(days_before=0) -%}
    activity_date between %(first)s::date - {{ days_before }}
    and least(%(last)s::date, %(today)s)
    and activity_date >= %(events_start_date)s
    and activity_date >= coalesce(%(kept_from)s::date, '-infinity')
{%- endmacro %}
