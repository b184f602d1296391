/*
asks: Who came back on the days of the latest run, and on the seven days after each?
by: dbt build
reads:
  user_day_activity: {index: "(activity_date, user_id)", alone: true}
pages: {plus: 50, per_row: 0.05}
*/
{{ model('returning_users') }}
