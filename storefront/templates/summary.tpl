{{%AUTOESCAPE context="HTML"}}
<dl class="totals">
<div><dt>Items</dt><dd>{{ITEMS_TOTAL}}</dd></div>
{{#SHIPPING}}<div><dt>Delivery</dt><dd>{{SHIPPING_TOTAL}}</dd></div>{{/SHIPPING}}
<div class="grand"><dt>Total</dt><dd>{{TOTAL}}</dd></div>
{{#TAX}}<div class="note"><dt>Tax in it</dt><dd>{{TAX_TOTAL}}</dd></div>{{/TAX}}
{{#DISCOUNT}}<div class="note"><dt>You save</dt><dd>{{DISCOUNT_TOTAL}}</dd></div>{{/DISCOUNT}}
</dl>
