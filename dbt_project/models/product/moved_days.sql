{{ config(
    unique_key=['activity_date', 'bound'],
    full_refresh=false,
    grants={'select': []},
    post_hook="{{ ensure_index(['activity_date', 'bound'], unique=true) }}",
) }}

-- A run only makes the table. `user_lifetimes` writes it, in the transaction in which
-- lifetimes change, and so does `fast-dau forget`. A run that rebuilt every table
-- empties it at its end.
{% if is_incremental() %}
    select * from {{ this }}
{% else %}
    select
        null::date as activity_date,
        null::{{ dbt.type_string() }} as bound
    where false
{% endif %}
