{{ config(materialized='table') }}

select
    user_id,
    case when user_id % 2 = 0 then 'free' else 'paid' end as plan
from generate_series(1, 200) as user_id
