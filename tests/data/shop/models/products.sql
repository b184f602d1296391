{{ config(
    materialized='table', contract={'enforced': true}, grants={'select': ['shop_reader']}
) }}

select
    1 as product_id,
    'tea' as product_name
