{{%AUTOESCAPE context="HTML"}}
<div class="page-head"><h1>Check and order</h1></div>
<ol class="steps" aria-label="Checkout">
<li><a href="/checkout">Address</a></li>
<li><a href="/checkout/delivery">Delivery and payment</a></li>
<li aria-current="step">Check and order</li>
</ol>
{{#PROBLEM}}
<p class="notice bad" role="alert">{{PROBLEM_TEXT}}</p>
{{/PROBLEM}}
<div class="two">
<section class="sheet" aria-label="Your order">
<div class="facts">
<div><h2>Sent to</h2>
<p class="address">{{#ADDRESS_LINE}}{{ADDRESS_TEXT}}<br>{{/ADDRESS_LINE}}{{EMAIL}}</p>
<p><a href="/checkout">Change the address</a></p></div>
<div><h2>Delivery</h2><p>{{DELIVERY_NAME}}</p><h2>Payment</h2><p>As agreed with the shop</p><p><a href="/checkout/delivery">Change delivery or payment</a></p></div>
</div>
<form method="post" action="/checkout/review" id="place">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="total" value="{{AGREED_TOTAL}}">
<button class="button primary wide" type="submit">Order now for {{TOTAL_TEXT}}</button>
</form>
<p class="fine">With this button you order what is listed here.</p>
</section>
<aside class="side" aria-label="What you buy">
<h2>What you buy</h2>
<ul class="lines">
{{>LINES}}
</ul>
{{>SUMMARY}}
</aside>
</div>
