{% macro looked_up(bound, condition) -%}
(
    select {{ bound }}(activity_date) from {{ relations.user_day_activity }} as known
    where known.user_id = users.user_id and {{ condition }}
)
{%- endmacro %}

seen_users as (

    select
        user_id,
        min(activity_date) as first_date,
        max(activity_date) as last_date
    from user_day_activity
    group by user_id

),

-- Who came first, or was last seen, on one of the days compared, as the table says.
bounded_users as (

    {% if 'user_lifetimes' in names %}
    select user_id, max(bound) as bound
    from (
        select user_id, first_activity_date as bound
        from {{ relations.user_lifetimes }}
        where first_activity_date between %(first)s and %(last)s
        union all
        select user_id, last_activity_date as bound
        from {{ relations.user_lifetimes }}
        where last_activity_date between %(first)s and %(last)s
    ) as bounds
    group by user_id
    {% else %}
    select null::int as user_id, null::date as bound
    where false
    {% endif %}

),

-- All days of those users, of the users of the days compared, and of those who may be
-- dormant on them. Days before and after are looked up in the table, by its index.
lifetimes as materialized (

    select
        user_id,
        coalesce(
            {{ looked_up('min', 'activity_date < %(first)s::date - ' ~ days_before) }},
            first_date,
            {{ looked_up('min', 'activity_date > %(last)s') }}
        ) as first_activity_date,
        coalesce(
            {{ looked_up('max', 'activity_date > %(last)s') }},
            last_date,
            {{ looked_up('max', 'activity_date < %(first)s::date - ' ~ days_before) }}
        ) as last_activity_date,
        -- On which of the days compared a difference is shown.
        greatest(
            case when last_date >= %(first)s then last_date end,
            bound
        ) as activity_date
    from (
        select user_id, first_date, last_date, bound
        from seen_users
        full join bounded_users using (user_id)
    ) as users
    where
        last_date >= %(first)s::date - 7
        or bound is not null

),

user_lifetimes as (

    select activity_date, user_id, first_activity_date, last_activity_date
    from lifetimes
    where last_activity_date is not null

),

{% if 'user_lifetimes' in names %}
published_user_lifetimes as (

    select
        lifetimes.activity_date,
        user_id,
        published.first_activity_date,
        published.last_activity_date
    from {{ relations.user_lifetimes }} as published
    inner join lifetimes using (user_id)
    where lifetimes.activity_date is not null

),
{% endif %}

arrivals as (

    select first_activity_date as activity_date, count(*) as new_users
    from lifetimes
    group by first_activity_date

),

departures as (

    select days.activity_date, count(*) as dormant_users
    from days
    inner join lifetimes
        on lifetimes.last_activity_date between days.activity_date - 7
        and days.activity_date - 1
    group by days.activity_date

),

growth_counts as (

    select
        activity_date,
        daily_counts.dau,
        coalesce(arrivals.new_users, 0) + coalesce(erased.new_users, 0) as new_users,
        daily_counts.returning_users as retained_users,
        coalesce(departures.dormant_users, 0) + coalesce(erased.dormant_users, 0)
            as dormant_users,
        daily_counts.is_complete
    from daily_counts
    left join arrivals using (activity_date)
    left join departures using (activity_date)
    left join {{ relations.erased_counts }} as erased using (activity_date)

),

growth_accounting as (

    select *, dau - new_users - retained_users as resurrected_users
    from growth_counts

)
