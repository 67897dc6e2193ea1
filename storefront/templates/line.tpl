{{%AUTOESCAPE context="HTML"}}
<li class="line slim">
<span class="picture thumb">{{#PICTURE}}<img src="{{PICTURE_URL}}" alt="" width="480" height="480" loading="lazy">{{/PICTURE}}{{#NO_PICTURE}}<span class="no-picture tint-{{TINT}}" aria-hidden="true"><span>{{LETTER}}</span></span>{{/NO_PICTURE}}</span>
<div class="line-text"><p class="line-title">{{LINE_TITLE}}</p><p class="muted">{{LINE_VARIANT}} · {{LINE_QUANTITY}} pcs</p></div>
<p class="line-total">{{LINE_TOTAL}}</p>
</li>
