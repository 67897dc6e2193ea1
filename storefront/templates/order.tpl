{{%AUTOESCAPE context="HTML"}}
<div class="page-head">
<h1>Thank you for your order</h1>
<p class="lead">Your order has the number <strong id="order-number">{{ORDER_NUMBER}}</strong>. With it and your e-mail address you find it again at any time.</p>
</div>
<div class="two">
<section class="sheet" aria-label="Your order">
<div class="facts">
<div><h2>Sent to</h2>
<p class="address">{{#ADDRESS_LINE}}{{ADDRESS_TEXT}}<br>{{/ADDRESS_LINE}}{{EMAIL}}</p>
</div>
<div>{{#DELIVERY}}<h2>Delivery</h2><p>{{DELIVERY_NAME}}</p>{{/DELIVERY}}<h2>Payment</h2><p>As agreed with the shop</p></div>
</div>
<p><a class="button" href="/">Go on shopping</a></p>
</section>
<aside class="side" aria-label="What you bought">
<h2>What you bought</h2>
<ul class="lines">
{{>LINES}}
</ul>
{{>SUMMARY}}
</aside>
</div>
