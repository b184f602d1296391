/*
asks: How did weekly and monthly users go in the last 90 days, and where did users come from?
by: a dashboard
reads:
  rolling_active_users: {index: "unique (activity_date)"}
  growth_accounting: {index: "unique (activity_date)"}
pages: {plus: 20, per_row: 4}
*/
select
    rolling.activity_date,
    rolling.wau_7d,
    rolling.mau_28d,
    growth.new_users,
    growth.retained_users,
    growth.resurrected_users,
    growth.dormant_users
from {{ rolling_active_users }} as rolling
inner join {{ growth_accounting }} as growth
    on rolling.activity_date = growth.activity_date
where
    rolling.activity_date between %(from_date)s and %(to_date)s
    and growth.activity_date between %(from_date)s and %(to_date)s
order by rolling.activity_date
