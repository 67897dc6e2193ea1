{{%AUTOESCAPE context="HTML"}}
<div class="page-head"><h1>Your address</h1></div>
<ol class="steps" aria-label="Checkout">
<li aria-current="step">Address</li>
<li>Delivery and payment</li>
<li>Check and order</li>
</ol>
<div class="two">
<form class="sheet" method="post" action="/checkout" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERRORS}}
<div class="notice bad" role="alert" id="errors" tabindex="-1">
<p>Please look at this again:</p>
<ul>
{{#FORM_ERROR}}
<li><a href="#{{ERROR_FIELD}}">{{ERROR_TEXT}}</a></li>
{{/FORM_ERROR}}
</ul>
</div>
{{/FORM_ERRORS}}
<div class="field">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" value="{{EMAIL_VALUE}}" autocomplete="email" aria-describedby="email-error" required maxlength="254"{{#EMAIL_INVALID}} aria-invalid="true"{{/EMAIL_INVALID}}>
<p class="error" id="email-error">{{EMAIL_ERROR}}</p>
</div>
<div class="pair">
<div class="field">
<label for="first_name">First name</label>
<input id="first_name" name="first_name" type="text" value="{{FIRST_NAME_VALUE}}" autocomplete="shipping given-name" aria-describedby="first_name-error" required{{#FIRST_NAME_INVALID}} aria-invalid="true"{{/FIRST_NAME_INVALID}}>
<p class="error" id="first_name-error">{{FIRST_NAME_ERROR}}</p>
</div>
<div class="field">
<label for="last_name">Last name</label>
<input id="last_name" name="last_name" type="text" value="{{LAST_NAME_VALUE}}" autocomplete="shipping family-name" aria-describedby="last_name-error" required{{#LAST_NAME_INVALID}} aria-invalid="true"{{/LAST_NAME_INVALID}}>
<p class="error" id="last_name-error">{{LAST_NAME_ERROR}}</p>
</div>
</div>
<div class="field">
<label for="address_1">Street and number</label>
<input id="address_1" name="address_1" type="text" value="{{ADDRESS_1_VALUE}}" autocomplete="shipping address-line1" aria-describedby="address_1-error" required{{#ADDRESS_1_INVALID}} aria-invalid="true"{{/ADDRESS_1_INVALID}}>
<p class="error" id="address_1-error">{{ADDRESS_1_ERROR}}</p>
</div>
<div class="field">
<label for="address_2">Flat, floor, company <span class="muted">(optional)</span></label>
<input id="address_2" name="address_2" type="text" value="{{ADDRESS_2_VALUE}}" autocomplete="shipping address-line2" aria-describedby="address_2-error"{{#ADDRESS_2_INVALID}} aria-invalid="true"{{/ADDRESS_2_INVALID}}>
<p class="error" id="address_2-error">{{ADDRESS_2_ERROR}}</p>
</div>
<div class="pair">
<div class="field">
<label for="postal_code">Postal code</label>
<input id="postal_code" name="postal_code" type="text" value="{{POSTAL_CODE_VALUE}}" autocomplete="shipping postal-code" aria-describedby="postal_code-error" required{{#POSTAL_CODE_INVALID}} aria-invalid="true"{{/POSTAL_CODE_INVALID}}>
<p class="error" id="postal_code-error">{{POSTAL_CODE_ERROR}}</p>
</div>
<div class="field">
<label for="city">Town</label>
<input id="city" name="city" type="text" value="{{CITY_VALUE}}" autocomplete="shipping address-level2" aria-describedby="city-error" required{{#CITY_INVALID}} aria-invalid="true"{{/CITY_INVALID}}>
<p class="error" id="city-error">{{CITY_ERROR}}</p>
</div>
</div>
<div class="pair">
<div class="field">
<label for="province">State or province <span class="muted">(optional)</span></label>
<input id="province" name="province" type="text" value="{{PROVINCE_VALUE}}" autocomplete="shipping address-level1" aria-describedby="province-error"{{#PROVINCE_INVALID}} aria-invalid="true"{{/PROVINCE_INVALID}}>
<p class="error" id="province-error">{{PROVINCE_ERROR}}</p>
</div>
<div class="field">
<label for="country">Country</label>
<select id="country" name="country" autocomplete="shipping country" aria-describedby="country-error" required{{#COUNTRY_INVALID}} aria-invalid="true"{{/COUNTRY_INVALID}}>
<option value="">Please choose</option>
{{#COUNTRY_OPTION}}
<option value="{{COUNTRY_CODE}}"{{#COUNTRY_CHOSEN}} selected{{/COUNTRY_CHOSEN}}>{{COUNTRY_NAME}}</option>
{{/COUNTRY_OPTION}}
</select>
<p class="error" id="country-error">{{COUNTRY_ERROR}}</p>
</div>
</div>
<div class="field">
<label for="phone">Telephone <span class="muted">(optional)</span></label>
<input id="phone" name="phone" type="tel" value="{{PHONE_VALUE}}" autocomplete="shipping tel" aria-describedby="phone-error"{{#PHONE_INVALID}} aria-invalid="true"{{/PHONE_INVALID}}>
<p class="error" id="phone-error">{{PHONE_ERROR}}</p>
</div>
<button class="button primary" type="submit">Go on to delivery</button>
</form>
<aside class="side" aria-label="What you buy">
<h2>What you buy</h2>
<ul class="lines">
{{>LINES}}
</ul>
{{>SUMMARY}}
</aside>
</div>
